const height = 36;
const barWidth = 5;
const most = 64;

export type SparklineProps = {
  /** The oldest first; the newest stands at the right. */
  readonly values: readonly number[];
  readonly label: string;
  readonly look: 'sizes' | 'times';
};

/** A bar for each value, the largest as high as there is room. */
export const Sparkline = ({ values, label, look }: SparklineProps) => {
  const largest = Math.max(...values, Number.MIN_VALUE);
  const first = most - values.length;
  return (
    <svg
      class={`sparkline sparkline-${look}`}
      viewBox={`0 0 ${most * barWidth} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {values.map((value, index) => {
        const bar = Math.max(1.5, (value / largest) * height);

        return <rect key={index} x={(first + index) * barWidth} y={height - bar} width={barWidth - 1.5} height={bar} />;
      })}
    </svg>
  );
};
