import { render } from 'preact';
import '../styles/tokens.css';
import '../styles/layout.css';
import '../styles/list.css';
import '../styles/detail.css';
import '../styles/overview.css';
import '../styles/problems.css';
import { followAddress } from './address.ts';
import { App } from './app.tsx';
import { startFeed } from './feed.ts';
import { followText } from './filters.ts';
import { listenToKeys } from './keyboard.ts';
import { followProblems } from './problems/problem-report.ts';
import { followOpened } from './selection.ts';
import { applyTheme } from './theme.ts';

// The address held the token; the cookie has it now.
if (location.search.includes('token=')) history.replaceState(null, '', `${location.pathname}${location.hash}`);
applyTheme();
followAddress();
followText();
followOpened();
listenToKeys();
startFeed();
followProblems();
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
