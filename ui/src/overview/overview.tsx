/** Charts of the events that the page has. */
export function Overview() {
  return <main class="overview" aria-label="Overview" />;
}
