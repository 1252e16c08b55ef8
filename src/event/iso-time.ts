/**
 * Makes a function that writes milliseconds since 1970 as ISO 8601 with milliseconds, UTC.
 *
 * Events come in time's order, so all but the last digits are kept from one to the next: 0.1 against 0.5 µs.
 */
export function createIsoTime(): (timeMs: number) => string {
  let second = NaN;
  let prefix = '';
  return (timeMs) => {
    const whole = Math.floor(timeMs);
    const milliseconds = whole % 1000;
    if (whole - milliseconds !== second) {
      second = whole - milliseconds;
      prefix = new Date(second).toISOString().slice(0, -'000Z'.length);
    }
    return `${prefix}${milliseconds < 10 ? '00' : milliseconds < 100 ? '0' : ''}${milliseconds}Z`;
  };
}
