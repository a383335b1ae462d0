/** A thread that goes through everything that happens. */
export const Brand = () => (
  <a class="brand" href="#/" title="All sessions">
    <svg
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.7"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <path d="M1.5 10h17" />
      <circle cx="6" cy="10" r="2.4" class="brand-bead" />
      <circle cx="13.5" cy="10" r="2.4" class="brand-bead brand-bead-full" />
    </svg>
    Throughline
  </a>
);
