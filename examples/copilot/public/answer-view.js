// One answer: text and tool calls in the order they come, how it ended, and the thumbs.
import { showRichText } from './rich-text.js';
import { toolView } from './tool-view.js';

/** `onRate('up' | 'down')` sends the feedback. */
export function answerView({ onRate }) {
  const element = document.createElement('li');
  element.className = 'answer busy';
  element.setAttribute('aria-busy', 'true');
  const tools = new Map();
  let passage;

  return {
    element,
    /** All that was said, for whoever listens. */
    spoken: () => [...element.querySelectorAll('.text')].map((text) => text.textContent).join(' '),

    show(part) {
      if (part.type === 'text') {
        passage ??= newPassage(element);
        passage.text += part.text;
        showRichText(passage.element, passage.text);
        return;
      }
      passage = undefined;
      if (part.type === 'tool_call') {
        const tool = toolView(part);
        tools.set(part.id, tool);
        element.append(tool.element);
      } else {
        tools.get(part.id)?.end(part);
      }
    },

    /** `how`: `finished`, `stopped`, or the words of an error. */
    end(how, canRate) {
      element.classList.remove('busy');
      element.removeAttribute('aria-busy');
      for (const tool of tools.values()) tool.leave();
      if (how !== 'finished') element.append(ending(how));
      if (canRate) element.append(thumbs(onRate));
    },
  };
}

function newPassage(parent) {
  const element = document.createElement('div');
  element.className = 'text';
  parent.append(element);
  return { element, text: '' };
}

function ending(how) {
  const element = document.createElement('p');
  element.className = how === 'stopped' ? 'ending' : 'ending bad';
  element.textContent = how === 'stopped' ? 'You stopped this answer.' : how;
  return element;
}

const thumb =
  '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 11h4v9H3zM7 11l4-8c2 0 2.6 1.7 2.2 3.9L12.6 9H19c1.5 0 2 1.2 1.7 2.5L19.3 18c-.3 1.3-1.1 2-2.3 2H7z" /></svg>';

function thumbs(onRate) {
  const element = document.createElement('div');
  element.className = 'thumbs';
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', 'Rate this answer');
  const said = document.createElement('span');
  said.setAttribute('role', 'status');
  const buttons = [
    ['up', 'Good answer'],
    ['down', 'Bad answer'],
  ].map(([rating, label]) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = rating;
    button.innerHTML = thumb;
    button.setAttribute('aria-label', label);
    button.title = label;
    button.setAttribute('aria-pressed', 'false');
    button.addEventListener('click', async () => {
      try {
        await onRate(rating);
        button.setAttribute('aria-pressed', 'true');
        for (const each of buttons) each.disabled = true;
        said.textContent = 'Thank you.';
      } catch (error) {
        said.textContent = error.message;
      }
    });
    return button;
  });
  element.append(...buttons, said);
  return element;
}
