/**
 * The promise derived from one that is watched, to be used in its place: it settles in the same way, and is unhandled
 * whenever the original would be. Tapping the original and passing it on would hide that: tried.
 */
export function watchPromise<T>(
  promise: PromiseLike<T>,
  fulfilled: (value: T) => void,
  rejected: (error: unknown) => void,
): PromiseLike<T> {
  return promise.then(
    (value) => {
      fulfilled(value);
      return value;
    },
    (error: unknown) => {
      rejected(error);
      throw error;
    },
  );
}
