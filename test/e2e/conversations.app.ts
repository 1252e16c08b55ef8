import { setTimeout as delay } from 'node:timers/promises';
import {
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  Post,
  Query,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { AnalyticsContext, AnalyticsModule, TrackAgentRun, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';

/** Who a call is really for, handed down by hand beside the context, so that each event can be checked against it. */
interface Truth {
  readonly session: string;
  /** The user as the conversation knows it at this moment; `null` before sign-in. */
  readonly user: string | null;
}

export interface MessageBody {
  readonly truth: Truth;
  /** Signs in half-way, after the message has begun. */
  readonly signIn?: string;
  /** Makes a generator that another conversation's request reads. */
  readonly leaveStream?: string;
  readonly delays: readonly number[];
}

/** Every event carries what it should be; the test compares. */
const expected = (truth: Truth) => ({ expected_session: truth.session, expected_user: truth.user });

@Injectable()
class Tools {
  @TrackToolCall({ properties: ({ args: [truth] }) => expected(truth) })
  async findAgent(truth: Truth, ms: number): Promise<{ id: string }> {
    await delay(ms);
    return { id: truth.session };
  }

  @TrackToolCall({ properties: ({ args: [truth] }) => expected(truth) })
  searchDocs(truth: Truth): string {
    return truth.session;
  }

  @TrackToolCall({ properties: ({ args: [truth] }) => expected(truth) })
  async workAfterResponse(_truth: Truth, ms: number): Promise<void> {
    await delay(ms);
  }
}

@Injectable()
class Streams {
  constructor(private readonly tools: Tools) {}

  /** Its steps run wherever it is read; what it calls still belongs to whoever made it. */
  @TrackToolCall({
    properties: ({ args: [truth] }) => expected(truth),
    // Where nobody had begun to read when the request that made it was over, it ends there as unconsumed.
    errorProperties: ({ args: [truth] }) => expected(truth),
  })
  async *read(truth: Truth, ms: number): AsyncGenerator<string> {
    for (let i = 0; i < 2; i++) {
      await delay(ms);
      this.tools.searchDocs(truth);
      yield truth.session;
    }
  }
}

@Injectable()
class Agent {
  constructor(private readonly tools: Tools) {}

  @TrackAgentRun({ properties: ({ args: [truth] }) => expected(truth) })
  async run(truth: Truth, ms: number): Promise<{ executionId: string }> {
    await this.tools.findAgent(truth, ms);
    await Promise.all([this.tools.findAgent(truth, ms), this.tools.findAgent(truth, 0)]);
    return { executionId: truth.session };
  }
}

@Injectable()
class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: { id: string } }>();
    const user = request.headers['authorization'];
    if (user) request.user = { id: user };
    return true;
  }
}

@Controller()
@UseGuards(TokenGuard)
class ChatController {
  private readonly streams = new Map<string, AsyncGenerator<string>>();
  private readonly background: Promise<void>[] = [];

  constructor(
    private readonly tools: Tools,
    private readonly agent: Agent,
    private readonly maker: Streams,
  ) {}

  @Post('chat/:sessionId/messages')
  @TrackMessage({
    properties: ({ args: [, body] }) => expected(body.truth),
    message: () => 'hello',
  })
  async send(@Param('sessionId') _session: string, @Body() body: MessageBody): Promise<{ ok: true }> {
    const [first = 0, second = 0, third = 0] = body.delays;
    await this.tools.findAgent(body.truth, first);
    let truth = body.truth;
    if (body.signIn) {
      AnalyticsContext.set({ userId: body.signIn });
      truth = { ...truth, user: body.signIn };
    }
    // Somebody's mistake: it must not move the work that follows to another user or session.
    AnalyticsContext.set({ userId: 'mallory', sessionId: 'other' });
    await delay(second);
    await this.agent.run(truth, third);
    if (body.leaveStream) this.streams.set(body.leaveStream, this.maker.read(truth, first));
    // A failure is seen when the test waits for it in `settle`.
    const later = this.tools.workAfterResponse(truth, second + third);
    this.background.push(later);
    return { ok: true };
  }

  @Get('streams/:streamId')
  async readStream(@Param('streamId') streamId: string, @Query('ms') ms: string): Promise<string[]> {
    const read: string[] = [];
    const stream = this.streams.get(streamId);
    this.streams.delete(streamId);
    for await (const step of stream ?? []) {
      await delay(Number(ms));
      read.push(step);
    }
    return read;
  }

  /** Resolves when the work after the responses is done. */
  @Get('settle')
  async settle(): Promise<{ ok: true }> {
    await Promise.all(this.background.splice(0));
    return { ok: true };
  }
}

@Module({
  imports: [AnalyticsModule.forRoot()],
  controllers: [ChatController],
  providers: [Tools, Agent, Streams],
})
export class ConversationsModule {}
