import type { MessageEvent } from '@nestjs/common';
import { Observable } from 'rxjs';
import type { AnswerPart } from './answer-part.js';

/**
 * An answer as server-sent events. Whoever stops listening (a closed page, a stop button) aborts the signal at once,
 * not only when the next part comes.
 */
export function answerEvents(answer: (signal: AbortSignal) => AsyncIterable<AnswerPart>): Observable<MessageEvent> {
  return new Observable((listener) => {
    const stopped = new AbortController();
    const pump = async (): Promise<void> => {
      for await (const part of answer(stopped.signal)) listener.next({ data: part });
    };
    pump().then(
      () => listener.complete(),
      (error: unknown) => listener.error(error),
    );
    return () => stopped.abort();
  });
}
