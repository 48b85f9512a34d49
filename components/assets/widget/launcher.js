// The button of a chat, and the frame it opens. Before it is pressed nothing is asked of the server and nothing stored.
// No style element and no markup: a page may forbid both.
(() => {
  'use strict';
  const chat = __CHAT__;
  const NAME = 'botcadence-chat', SVG = 'http://www.w3.org/2000/svg', WAIT = 2000;
  const tag = document.currentScript;
  if (document.querySelector(NAME)) return;

  const font = 'system-ui, sans-serif', shadow = 'box-shadow: 0 4px 16px #0003';
  const sheet = `
    button, iframe, p { position: fixed; box-sizing: border-box; margin: 0; border: 0; ${chat.side}: 20px; }
    button { bottom: 20px; display: flex; gap: 8px; align-items: center; min-height: 48px; max-width: calc(100vw - 40px);
      padding: 0 18px; border-radius: 24px; border: 1px solid #0003; background: ${chat.color}; color: ${chat.ink};
      font: 600 15px/1.3 ${font}; cursor: pointer; ${shadow}; }
    button:focus-visible { outline: 2px solid ${chat.ink}; outline-offset: -4px; box-shadow: 0 0 0 3px ${chat.color}; }
    button[aria-busy] { opacity: .7; cursor: progress; }
    svg { width: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 2; }
    span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    b { min-width: 20px; border-radius: 10px; padding: 0 5px; background: ${chat.ink}; color: ${chat.color};
      font-size: 13px; }
    iframe { bottom: 84px; width: min(400px, calc(100vw - 40px)); height: min(640px, calc(100vh - 104px));
      border-radius: 12px; ${shadow}; color-scheme: ${chat.theme}; }
    p { bottom: 84px; max-width: 280px; padding: 12px 16px; border-radius: 12px; background: #fff; color: #1c1c1a;
      font: 14px/1.5 ${font}; ${shadow}; }
    [hidden] { display: none; }
    @media (max-width: 480px), (max-height: 480px) {
      iframe { inset: 0; width: 100%; height: 100%; height: 100dvh; border-radius: 0; }
      .open { display: none; } }
    @media (prefers-reduced-motion: no-preference) {
      iframe { animation: rise .15s; } @keyframes rise { from { opacity: 0; transform: translateY(8px); } } }
    @media print { * { display: none; } }`;

  const host = document.createElement(NAME);
  host.style.cssText = 'all: initial !important; display: block !important; position: fixed !important; '
    + 'z-index: 2147483647 !important; width: 0 !important; height: 0 !important; inset: auto 0 0 auto !important';
  const root = host.attachShadow({ mode: 'open' });
  try {
    const style = new CSSStyleSheet();
    style.replaceSync(sheet);
    root.adoptedStyleSheets = [style];
  } catch {
    root.append(make('style', sheet));
  }

  function make(name, text = '') {
    const element = document.createElement(name);
    element.textContent = text;
    return element;
  }

  const icon = document.createElementNS(SVG, 'svg'), path = document.createElementNS(SVG, 'path');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', 'M7.9 20A9 9 0 1 0 4 16.1L2 22Z');
  icon.append(path);
  const button = make('button'), count = make('b'), said = make('p');
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  said.setAttribute('role', 'status');
  count.hidden = said.hidden = true;
  button.append(icon, make('span', chat.label), count);
  root.append(said, button);

  let frame = null, isOpen = false, waiting = 0;

  function load() {
    frame = make('iframe');
    frame.title = chat.label;
    frame.referrerPolicy = 'origin';
    frame.src = `${chat.url}/widget/${chat.agent}/frame`;
    frame.hidden = true;
    button.setAttribute('aria-busy', 'true');
    waiting = setTimeout(refuse, WAIT * 10);
    frame.onload = () => { clearTimeout(waiting); waiting = setTimeout(refuse, WAIT); };
    root.insertBefore(frame, button);
  }

  function refuse() {
    show(false);
    frame.remove();
    frame = null;
    button.removeAttribute('aria-busy');
    said.textContent = 'The chat can’t be opened here right now.';
    said.hidden = false;
    console.error(`No chat: is ${location.origin} one of its sites?`);
  }

  function show(open) {
    isOpen = open;
    frame.hidden = !open;
    button.classList.toggle('open', open);
    button.setAttribute('aria-expanded', String(open));
    if (open) {
      tell(0);
      frame.focus();
    } else if (document.activeElement === host || document.activeElement === document.body) {
      button.focus();
    }
    send({ open });
  }

  function send(words) {
    frame?.contentWindow?.postMessage(
      { botcadence: 'page', page: location.origin + location.pathname, identity: tag?.dataset.visitor, ...words }, chat.url);
  }

  function tell(unread) {
    count.hidden = !unread;
    count.textContent = unread || '';
    button.setAttribute('aria-label', unread ? `${chat.label}, ${unread} new` : chat.label);
  }

  addEventListener('message', (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== chat.url) return;
    const { botcadence, unread } = event.data ?? {};
    if (botcadence === 'ready') {
      clearTimeout(waiting);
      frame.onload = null;
      button.removeAttribute('aria-busy');
      show(true);
    } else if (botcadence === 'close') {
      show(false);
      button.focus();
    } else if (botcadence === 'unread' && !isOpen) {
      tell(Number(unread));
    }
  });

  button.onclick = () => {
    said.hidden = true;
    if (!frame) load();
    else if (!button.hasAttribute('aria-busy')) show(!isOpen);
  };
  document.documentElement.append(host);
})();
