import { applyDecorators, Controller, Module, Post, UseGuards, type CanActivate } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AnalyticsModule, TrackMessage, TrackToolCall, type AnalyticsEvent } from 'nestjs-agent-analytics';
import { expect, it, onTestFinished } from 'vitest';

it('A decorator made up of ours and others does what each of them does, whichever comes first', async () => {
  let isOpen = true;
  class Guard implements CanActivate {
    canActivate(): boolean {
      return isOpen;
    }
  }
  const Guarded = () => applyDecorators(TrackMessage(), UseGuards(Guard));
  const Tracked = () => applyDecorators(UseGuards(Guard), TrackMessage());
  const Tools = () => applyDecorators(TrackToolCall());

  @Controller()
  @Tools()
  class ChatController {
    @Post('guarded')
    @Guarded()
    guarded(): void {}
    @Tracked()
    @Post('tracked')
    tracked(): void {}
  }
  const seen: AnalyticsEvent[] = [];
  const sinks = [{ write: (events: readonly AnalyticsEvent[]) => void seen.push(...events) }];
  @Module({ imports: [AnalyticsModule.forRoot({ sinks })], controllers: [ChatController] })
  class AppModule {}
  const app = await NestFactory.create(AppModule, { logger: false });
  onTestFinished(() => app.close());
  await app.listen(0, '127.0.0.1');
  const post = async (path: string) => (await fetch(`${await app.getUrl()}/${path}`, { method: 'POST' })).status;

  const whileOpen = [await post('guarded'), await post('tracked')];
  isOpen = false;
  const whileClosed = [await post('guarded'), await post('tracked')];
  await app.close();

  expect([whileOpen, whileClosed]).toEqual([
    [201, 201],
    [403, 403],
  ]);
  const each = ['copilot_message_sent', 'copilot_response_completed', 'copilot_tool_called'];
  expect(seen.map(({ event }) => event).sort()).toEqual([...each, ...each].sort());
});
