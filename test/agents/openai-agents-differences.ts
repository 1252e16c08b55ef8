import type { AgentFramework } from './framework.js';
import { scenarios, type ScenarioName } from './scenarios.js';

const words = "a response of OpenAI's ends as `completed` or `failed`, whether it asks for tools or not";
const noModel =
  'the span of a response has no model but its answer’s (@openai/agents-openai@0.20.0, src/openaiResponsesModel.ts)';

/** What Responses say in other words than the story, and what a span of theirs does not hold. */
export const responsesDifferences: AgentFramework['differences'] = {
  ...inItsWords('a streamed answer', 'two tools, of which one throws', 'parallel tools in a stream'),
  ...inItsWords('a nested agent as a tool', 'a request that is tried again', 'the limit of steps'),
  ...inItsWords('an approval asked for and given', 'an approval asked for and refused'),
  'an abort in the midst of the stream': {
    because: noModel,
    story: withoutModel(scenarios['an abort in the midst of the stream'].story),
  },
  'an error of the provider': {
    because: `${noModel}, and where there is no answer no input either; the class of the error is the client’s`,
    story: withoutModel(scenarios['an error of the provider'].story)
      .replace('message_sent 23', 'message_sent')
      .replaceAll('ProviderError', 'InternalServerError'),
  },
  'an error in the midst of the stream': {
    because: `${words}; the runner makes an error of its own of it`,
    story: scenarios['an error in the midst of the stream'].story
      .replace('error error', 'failed error')
      .replace(/(copilot|completed|failed) error/g, '$1 error ModelBehaviorError'),
  },
  'a consumer that walks away': {
    because:
      'that cancels the run, and of an abort’s reason nothing is told (@openai/agents-core@0.20.0, src/result.ts)',
    story: withoutModel(scenarios['a consumer that walks away'].story).replaceAll('shutdown', 'user_stopped'),
  },
  'an embedding': {
    because: 'the SDK has none (@openai/agents-core@0.20.0, src/tracing/spans.ts)',
  },
};

function inItsWords(...names: ScenarioName[]): NonNullable<AgentFramework['differences']> {
  const told = names.map((name) => {
    const story = scenarios[name].story.replace(/(\/20) (?:stop|tool-calls)/g, '$1 completed');
    return [name, { because: words, story }] as const;
  });
  return Object.fromEntries(told);
}

function withoutModel(story: string): string {
  return story.replace('cost null scripted-1', 'cost null null').replace('generation scripted-1', 'generation');
}
