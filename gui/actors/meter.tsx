/** How busy a thread is: a short bar with its percentage. */
export const BusyMeter = ({ share, label }: { readonly share: number; readonly label: string }) => {
  const percent = Math.round(share * 100);
  return (
    <span class="busy numbers" title="The share of the last quarter of a second in which it was at work">
      <meter class="visually-hidden" aria-label={`How busy ${label} is`} min={0} max={100} value={percent}>
        {percent} %
      </meter>
      <span class="busy-bar" aria-hidden="true">
        <span class="busy-fill" style={{ inlineSize: `${percent}%` }} />
      </span>
      <span aria-hidden="true">{percent} %</span>
    </span>
  );
};
