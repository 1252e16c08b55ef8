import {
  BehaviorSubject,
  concatMap,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  merge,
  NEVER,
  Observable,
  of,
  range,
  take,
  throwError,
  type Subject,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../../src/context/analytics-context.js';
import { contextStorage, currentFrame } from '../../../src/context/context-storage.js';
import { Frame } from '../../../src/context/frame.js';
import { Track } from '../../../src/tracking/track.decorator.js';
import { CollectingTarget } from '../../support/capture-target.js';
import { outcomes, trackedRun } from '../../support/tracked-run.js';

describe('an Observable', () => {
  it('is over when it completes, each subscription being an execution', async () => {
    const target = new CollectingTarget();
    const given = trackedRun(target, () => of(1, 2, 3))();
    expect(target.records).toEqual([]);
    expect(await lastValueFrom(given)).toBe(3);
    expect(await lastValueFrom(given.pipe(map((value) => value * 2)))).toBe(6);
    expect(outcomes(target)).toEqual(['success', 'success']);
    expect(target.openCalls.size).toBe(0);
  });

  it('that fails is an error, and the consumer gets it', async () => {
    const target = new CollectingTarget();
    const failure = new RangeError('no');
    const given = trackedRun(target, () => throwError(() => failure))();
    await expect(lastValueFrom(given)).rejects.toBe(failure);
    expect(outcomes(target)).toEqual(['error RangeError']);
  });

  it('is aborted where the consumer unsubscribes, and its source is torn down', () => {
    const target = new CollectingTarget();
    let tornDown = 0;
    const source = new Observable<number>((subscriber) => {
      subscriber.next(1);
      return () => tornDown++;
    });
    const subscription = trackedRun(target, () => source)().subscribe();
    expect(target.records).toEqual([]);
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect(tornDown).toBe(1);
    expect(outcomes(target)).toEqual(['aborted client_closed']);
  });

  it('stops an endless synchronous source when the consumer has enough', () => {
    const target = new CollectingTarget();
    const seen: number[] = [];
    let produced = 0;
    const endless = range(1, Infinity).pipe(map((value) => (produced++, value)));
    trackedRun(target, () => endless)()
      .pipe(take(2))
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([1, 2]);
    expect(produced).toBe(2);
    expect(outcomes(target)).toEqual(['aborted client_closed']);
  });

  it('does its work in the context of the call, and leaves the consumer in its own', async () => {
    const target = new CollectingTarget();
    const consumer = new Frame(undefined, { userId: 'consumer' }, target.handle, undefined);
    const at: unknown[] = [];
    const source = new Observable<number>((subscriber) => {
      at.push(currentFrame()?.call !== undefined);
      void Promise.resolve().then(() => {
        at.push(currentFrame()?.call !== undefined);
        subscriber.next(1);
        subscriber.complete();
      });
    });
    const given = trackedRun(target, () => source)();
    await contextStorage.run(consumer, async () => {
      const seen = given.pipe(concatMap((value) => from([value]).pipe(map(() => currentFrame()))));
      expect(await lastValueFrom(seen)).toBe(consumer);
    });
    expect(at).toEqual([true, true]);
  });

  it('that is a Subject stays one, unchanged for those who share it', async () => {
    const target = new CollectingTarget();
    const shared = new BehaviorSubject(1);
    const run = trackedRun(target, () => shared);
    const given = run();
    expect(given).toBeInstanceOf(BehaviorSubject);
    expect(given.value).toBe(1);
    const [fromGiven, fromShared]: number[][] = [[], []];
    given.subscribe((value) => fromGiven?.push(value));
    shared.subscribe((value) => fromShared?.push(value));
    given.next(2);
    shared.next(3);
    expect(shared.value).toBe(3);
    expect(given.value).toBe(3);
    expect(fromGiven).toEqual([1, 2, 3]);
    expect(fromShared).toEqual([1, 2, 3]);
    shared.complete();
    expect(outcomes(target)).toEqual(['success']);
    expect(Object.hasOwn(shared, 'subscribe')).toBe(false);
  });

  it('belongs to whoever subscribes again, where somebody keeps it for all', async () => {
    const target = new CollectingTarget();
    const inside: unknown[] = [];
    const tool = trackedRun(target, () => inside.push(AnalyticsContext.get().userId));
    const source = new Observable<number>((subscriber) => {
      tool();
      subscriber.complete();
    });
    const run = trackedRun(target, () => source, Track('read'));
    const as = <T>(userId: string, work: () => T): T => AnalyticsContext.run({ userId }, work);
    const kept = as('ada', run);
    for (const user of ['ada', 'bob', 'ada']) as(user, () => kept.subscribe());
    kept.subscribe();
    const read = target.of('read').map(({ context }) => context.userId);
    expect(read.slice(0, 3)).toEqual(['ada', 'bob', 'ada']);
    expect(inside).toEqual(read);
  });

  it('with private fields is read, set and called as it is, and followed through what returns it', async () => {
    class Feed extends BehaviorSubject<number> {
      #topic = 'news';
      get topic(): string {
        return this.#topic;
      }
      set topic(topic: string) {
        this.#topic = topic;
      }
      rename(topic: string): this {
        this.#topic = topic;
        return this;
      }
    }
    const target = new CollectingTarget();
    const given = trackedRun(target, () => new Feed(1))();
    expect(given.topic).toBe('news');
    given.topic = 'sports';
    expect(given.topic).toBe('sports');
    const renamed = given.rename('weather');
    expect(renamed).toBe(given);
    expect(given.topic).toBe('weather');
    expect(Reflect.get(given, 'next')).toBe(Reflect.get(given, 'next'));
    expect(await firstValueFrom(renamed)).toBe(1);
    expect(outcomes(target)).toEqual(['aborted client_closed']);
  });

  it.each<[string, (given: Subject<number>) => unknown]>([
    ['forEach', (given) => given.forEach(() => undefined)],
    ['asObservable', (given) => given.asObservable().subscribe()],
    ['from', (given) => from(given).subscribe()],
    ['merge', (given) => merge(given).subscribe()],
    ['pipe', (given) => given.pipe(map((value) => value)).subscribe()],
  ])('is seen where it is consumed by %s', (_, consume) => {
    const target = new CollectingTarget();
    const given = trackedRun(target, () => new BehaviorSubject(1))();
    void consume(given);
    given.complete();
    expect(outcomes(target)).toEqual(['success']);
  });

  it('that is frozen is given back as it is, its end unknown where it can’t be seen', () => {
    const target = new CollectingTarget();
    const fixed = Object.freeze(Object.assign(new Observable(), { subscribe: () => 'its own' }));
    expect(trackedRun(target, () => fixed)()).toBe(fixed);
    expect(outcomes(target)).toEqual(['']);
  });

  it('inside a promise is followed to its own end', async () => {
    const target = new CollectingTarget();
    const given = await trackedRun(target, async () => of('a', 'b'))();
    expect(target.records).toEqual([]);
    expect(await firstValueFrom(given)).toBe('a');
    expect(outcomes(target)).toEqual(['aborted client_closed']);
  });

  it('that was never subscribed to is aborted when the work around it is over', () => {
    const target = new CollectingTarget();
    const around = new Frame(undefined, {}, target.handle, undefined);
    contextStorage.run(around, () => trackedRun(target, () => NEVER)());
    expect(target.records).toEqual([]);
    around.close();
    expect(outcomes(target)).toEqual(['aborted unconsumed']);
    expect(target.openCalls.size).toBe(0);
  });

  it('that was kept, and is subscribed to when the work around it is over, is an execution of its own', async () => {
    const target = new CollectingTarget();
    const around = new Frame(undefined, { userId: 'ada' }, target.handle, undefined);
    const kept = contextStorage.run(around, () => trackedRun(target, (value: number) => of(value))(7));
    around.close();
    expect(await AnalyticsContext.run({ userId: 'bob' }, () => lastValueFrom(kept))).toBe(7);
    expect(outcomes(target)).toEqual(['aborted unconsumed', 'success']);
    expect(target.records.map(({ context }) => context.userId)).toEqual(['ada', 'bob']);
  });

  it('that is being read when the work around it is over goes on', () => {
    const target = new CollectingTarget();
    const around = new Frame(undefined, {}, target.handle, undefined);
    const given = contextStorage.run(around, () => trackedRun(target, () => NEVER)());
    const subscription = given.subscribe();
    around.close();
    expect(target.records).toEqual([]);
    subscription.unsubscribe();
    expect(outcomes(target)).toEqual(['aborted client_closed']);
  });
});
