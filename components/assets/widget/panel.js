// The chat itself. What people wrote is only ever put in as text; nothing is kept before somebody has written.
'use strict';
const chat = JSON.parse(document.body.dataset.chat);
const $ = (id) => document.getElementById(id);
const box = $('text'), log = $('log'), menu = $('menu'), hints = $('suggestions');
const home = `/widget/${chat.agent}`, slot = `botcadence ${chat.agent}`;
const isFramed = window.parent !== window;
const STATES = { waiting: 'Waiting for a person', resolved: 'Closed. Write to go on.' };
const lines = new Map(), unsent = [];
let memory = null, seq = 0, seen = 0, state = '', isOpen = !isFramed, unread = 0, stream = null, wake = () => {};
let slow = 0, later = 0, page = isFramed ? '' : location.origin + location.pathname, identity = null, typed = 0, quiet = 0, act = null, left = false;

for (const it of ['color', 'ink']) document.documentElement.style.setProperty(`--${it}`, chat[it]);
$('mailed').hidden = !chat.mail;

// What somebody said whom the site has signed, nobody reads in this browser whom it has not.
function place() { return slot + (identity ? ' signed' : ''); }

function token() {
  try { return localStorage.getItem(place()) ?? localStorage.getItem(slot) ?? memory; } catch { return memory; }
}

// Where nothing may be stored, a token lasts as long as this page.
function keep(fresh) {
  memory = null;
  try {
    if (identity) localStorage.removeItem(slot);
    fresh ? localStorage.setItem(place(), fresh) : localStorage.removeItem(place());
  } catch { memory = fresh; }
}

function make(name, kind = '', text = '') {
  const element = document.createElement(name);
  element.className = kind;
  element.textContent = text;
  if (kind === 'said') element.dir = 'auto';
  return element;
}

const headers = () => (token() ? { Authorization: `Bearer ${token()}` } : {});

class Refused extends Error {
  constructor(answer, words) {
    super(words.sentence + (words.wait ? ` You can write again in ${words.wait} seconds.` : ''));
    this.status = answer.status;
  }
}

async function ask(method, path, words) {
  const json = words && { 'Content-Type': 'application/json' };
  const answer = await fetch(home + path, {
    method, headers: { ...headers(), ...json }, body: words && JSON.stringify(words), credentials: 'omit' });
  const said = await answer.json().catch(() => ({ sentence: 'That did not work. Try again.' }));
  if (!answer.ok) throw new Refused(answer, said);
  return said;
}

function sentence(error) {
  return error instanceof Refused ? error.message : 'There is no connection. What you wrote is kept.';
}

function tell(words = '') { $('status').textContent = words; }

// To the page around it, whichever that is: nothing in it is secret.
function report(botcadence, unread) { parent.postMessage({ botcadence, unread }, '*'); }

// lines ---------------------------------------------------------------------------------------------------------------

function linked(into, text) {
  let end = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]]/g)) {
    const link = make('a', '', found[0]);
    link.href = found[0];
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    into.append(text.slice(end, found.index), link);
    end = found.index + found[0].length;
  }
  into.append(text.slice(end));
}

function source(it) {
  const element = make('details', 'source');
  const place = [it.heading, it.page && `page ${it.page}`].filter(Boolean).join(', ');
  const label = make('summary', '', place ? `${it.name}: ${place}` : it.name);
  label.dir = 'auto';
  const gone = it.gone ? make('p', 'gone', 'This is no longer in the knowledge.') : '';
  element.append(label, gone, make('p', 'said', it.text));
  return element;
}

function votes(line) {
  const row = make('div', 'votes', 'Did this help?');
  for (const [word, vote] of [['Yes', 1], ['No', -1]]) {
    const button = make('button', '', word);
    button.setAttribute('aria-pressed', line.vote === vote);
    button.onclick = async () => {
      try {
        await ask('POST', '/vote', { seq: line.seq, vote });
        for (const other of row.querySelectorAll('button')) other.setAttribute('aria-pressed', other === button);
      } catch (error) { tell(sentence(error)); }
    };
    row.append(button);
  }
  return row;
}

function bubble(role, text, author, at) {
  const element = make('div', `line ${role}`), said = make('div', 'said');
  const time = at && new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  if (role.startsWith('visitor')) element.append(make('span', 'unseen', 'You: '));
  if (author) element.append(make('div', 'who', at ? `${author}, ${time}` : author));
  linked(said, text);
  element.append(said);
  return element;
}

function show(line) {
  seq = Math.max(seq, line.seq);
  if (lines.has(line.seq)) return;
  const mine = line.role === 'visitor' && unsent.find((it) => !it.seq && it.text === line.text);
  if (mine) { settle(mine, line.seq); return; }
  const element = bubble(line.role, line.text, line.role === 'agent' ? chat.name : line.author, line.at);
  for (const it of line.sources ?? []) element.append(source(it));
  left ||= line.outcome === 'left_address';
  if (line.outcome === 'answered') element.append(votes(line));
  lines.set(line.seq, element);
  put(element, line.seq);
  if (line.role === 'member') typing('');
  if (/agent|member/.test(line.role) && !isOpen && !log.hasAttribute('aria-busy')) report('unread', ++unread);
}

function put(element, number) {
  let last = log.lastChild;
  while (last.number > number) last = last.previousSibling;
  last.after(element);
  element.number = number;
  hints.hidden = true;
  log.parentElement.scrollTop = 1e9;
}

function begin() {
  lines.clear();
  seq = seen = 0;
  left = false;
  log.replaceChildren(bubble('agent', chat.greeting, chat.name), ...unsent.map((it) => it.element));
  hints.replaceChildren(...chat.suggestions.map((text) => {
    const button = make('button', '', text);
    button.dir = 'auto';
    button.onclick = () => { say(text); box.focus(); };
    return button;
  }));
  hints.hidden = !!unsent[0];
  stand({ state: '' });
}

function stand(talk) {
  state = talk.state ?? '';
  $('state').textContent = state === 'human' && talk.member ? `You talk to ${talk.member}` : STATES[state] ?? '';
  $('person').hidden = !chat.person || /waiting|human/.test(state);
  $('leave').hidden = !chat.email || !token() || left;
  menu.hidden = !token();
}

function take(talk) {
  for (const line of talk.lines) show(line);
  stand(talk);
  if (talk.lines.length || talk.owed) typing(talk.owed ? 'Looking it up …' : '');
  mark();
}

function typing(words) {
  clearTimeout(quiet);
  $('typing').textContent = words;
  if (words) quiet = setTimeout(typing, 8000, '');
}

function mark() {
  if (!isOpen || document.hidden || seen >= seq || !token()) return;
  seen = seq;
  ask('POST', '/read', { seq }).catch(() => {});
}

// what somebody writes ------------------------------------------------------------------------------------------------

function say(text) {
  const it = { text, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, element: bubble('visitor late', text) };
  put(it.element, 1e9);
  unsent.push(it);
  if (unsent.length === 1) deliver();
}

// What others said before it may still be on its way: where to go on is told by what comes alone.
function settle(it, number) {
  it.seq = it.element.number = number;
  it.element.classList.remove('late');
  if (lines.has(number)) it.element.remove();
  else lines.set(number, it.element);
}

// A new token is that of another conversation than the one that is here, if one is.
function admit(fresh) {
  keep(fresh ?? token());
  if (!fresh) return;
  stream?.abort();
  if (lines.size) begin();
}

async function deliver() {
  clearTimeout(later);
  later = 0;
  for (let it; (it = unsent[0]);) {
    try {
      const said = await ask('POST', '/messages', { text: it.text, key: it.key, page, identity });
      admit(said.token);
      if (!it.seq) settle(it, said.seq);
      unsent.shift();
      tell();
      stand({ state: state || 'answering' });
      listen();
    } catch (error) {
      tell(sentence(error));
      // It may have arrived all the same: what is sent again by itself is the same message.
      if (!(error.status < 502)) { later = setTimeout(deliver, 5000); return; }
      unsent.shift();
      it.element.remove();
      box.value = it.text + (box.value && `\n${box.value}`);
      grow();
    }
  }
}

function grow() {
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight + 2}px`;
}

$('composer').onsubmit = (event) => {
  event.preventDefault();
  const text = box.value.trim();
  if (!text) return;
  box.value = '';
  grow();
  say(text);
};
box.oninput = () => {
  grow();
  if (!/waiting|human/.test(state) || Date.now() - typed < 2500) return;
  typed = Date.now();
  ask('POST', '/typing', {}).catch(() => {});
};
box.onkeydown = (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $('composer').requestSubmit();
};

$('person').onclick = async () => {
  $('person').disabled = true;
  try {
    const said = await ask('POST', '/person', { page, identity });
    admit(said.token);
    tell();
    await refresh();
    listen();
  } catch (error) { tell(sentence(error)); }
  $('person').disabled = false;
};

// dialogs -------------------------------------------------------------------------------------------------------------

function dialog(title, about, verb, fields, then) {
  menu.open = false;
  $('asked').textContent = title;
  $('about').textContent = about;
  $('go').textContent = verb;
  $('wrong').textContent = '';
  for (const id of ['email', 'name', 'consent']) {
    $(id).hidden = !fields.includes(id);
    $(id).querySelector('input').disabled = $(id).hidden;
  }
  act = then;
  $('dialog').showModal();
}

const value = (id) => $(id).querySelector('input').value;
$('cancel').onclick = () => $('dialog').close();
$('answer').onsubmit = async (event) => {
  event.preventDefault();
  $('go').disabled = true;
  try {
    await act();
    $('dialog').close();
  } catch (error) { $('wrong').textContent = sentence(error); }
  $('go').disabled = false;
};
$('leave').onclick = () => dialog('Leave your email address', '', 'Leave it', ['email', 'name', 'consent'], async () => {
  await ask('POST', '/lead', { email: value('email'), name: value('name'), agreed: true });
  tell('Your address was left.');
});
$('mailed').onclick = () => dialog('Send me a copy', 'All that was said here comes by mail.', 'Send it', ['email'], async () => {
  await ask('POST', '/transcript', { email: value('email') });
  tell('The copy is on its way.');
});
$('deleted').onclick = () => dialog('Delete this conversation', 'All that was said here and what you left is gone at once, on both sides.', 'Delete it', [], async () => {
  await ask('DELETE', '/conversation');
  unsent.length = 0;
  forget();
  tell('Everything was deleted.');
});

function forget() {
  keep(null);
  stream?.abort();
  begin();
}

// what comes ----------------------------------------------------------------------------------------------------------

async function refresh() {
  const mine = token(), talk = await ask('GET', `/conversation?after=${seq}`);
  if (token() !== mine) return;
  if (talk.state) {
    take(talk);
    if (talk.more) await refresh();
  } else if (token() && !unsent.length) forget();
}

function heard(part) {
  const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
  const said = data && JSON.parse(data);
  if (event === 'talk') take(said);
  else if (event === 'typing') typing(`${said.name} is typing …`);
  else if (event === 'elsewhere') slow = 3e4;
  else if (event === 'gone' && !unsent.length) forget();
}

async function listen() {
  wake();
  if (stream) return;
  for (let pause = 1000; token(); pause = Math.min(pause * 2, 3e4)) {
    let silent;
    slow = 0;
    stream = new AbortController();
    const alive = () => { clearTimeout(silent); silent = setTimeout(() => stream.abort(), 6e4); };
    try {
      alive();
      const answer = await fetch(`${home}/events?after=${seq}`, {
        headers: headers(), signal: stream.signal, credentials: 'omit' });
      if (answer.ok) pause = 500;
      else if (token()) await refresh();
      const reader = answer.ok && answer.body.getReader(), decoder = new TextDecoder();
      for (let rest = '', piece; reader && !(piece = await reader.read()).done;) {
        alive();
        const parts = (rest + decoder.decode(piece.value, { stream: true })).split('\n\n');
        rest = parts.pop();
        parts.forEach(heard);
      }
    } catch {}
    clearTimeout(silent);
    if (token()) await new Promise((resolve) => {
      wake = () => { pause = 500; resolve(); };
      setTimeout(resolve, slow || pause * (0.5 + Math.random()));
    });
  }
  stream = null;
}

addEventListener('online', () => { wake(); if (later) deliver(); });
addEventListener('visibilitychange', () => { if (!document.hidden) { wake(); mark(); } });
addEventListener('storage', (event) => {
  if (event.key === place() && !unsent.length) { stream?.abort(); begin(); resume(); }
});

// Who has signed in on the site since must not read what somebody else said in this browser, nor while nobody can say.
async function recognize() {
  try {
    const before = token(), said = identity && await ask('POST', '/recognized', { identity });
    if (said && token() === before && (said.other || said.token && !before)) {
      // What is being sent brings a token of their own.
      if (unsent.length) return;
      forget();
      keep(said.token);
    }
    tell();
    resume();
  } catch (error) {
    tell(sentence(error));
    setTimeout(recognize, 5000);
  }
}

async function resume() {
  if (!token()) return;
  log.setAttribute('aria-busy', 'true');
  try { await refresh(); } catch (error) { tell(sentence(error)); }
  log.removeAttribute('aria-busy');
  listen();
}

// the page around it --------------------------------------------------------------------------------------------------

if (isFramed) {
  const close = () => report('close');
  $('close').onclick = close;
  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || $('dialog').open) return;
    if (menu.open) { menu.open = false; menu.firstElementChild.focus(); } else close();
  });
  addEventListener('message', ({ source: from, data }) => {
    if (from !== parent || data?.botcadence !== 'page') return;
    page = String(data.page);
    isOpen = data.open;
    if (identity !== data.identity) {
      if (identity) { memory = null; stream?.abort(); begin(); }
      identity = data.identity;
      recognize();
    }
    if (isOpen) { unread = 0; box.focus(); mark(); }
  });
}
addEventListener('click', ({ target }) => { menu.open &&= menu.contains(target); });
begin();
isFramed ? report('ready') : resume();
