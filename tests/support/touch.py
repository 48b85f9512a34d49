"""Fields as whoever has no keyboard but the one on the screen meets them."""

from playwright.sync_api import Page

LOOK = """() => {
  const complaints = [];
  for (const box of document.querySelectorAll('input, textarea, select')) {
    if (['hidden', 'checkbox'].includes(box.type) || !box.checkVisibility()) continue; // what nobody types in
    const say = (what) => complaints.push(`${box.name || box.id || box.ariaLabel}: ${what}`);
    const is = (name, value) => box.getAttribute(name) === value || say(`${name} is ${box.getAttribute(name)}`);
    if (parseFloat(getComputedStyle(box).fontSize) < 16) say('smaller than 16 px: iOS zooms in');
    if (box.readOnly && box.getAttribute('role') !== 'combobox') continue;
    const called = box.name + box.labels?.[0]?.textContent + box.ariaLabel;
    const holdsAddresses = box.type === 'email' || /email/i.test(called);
    if (holdsAddresses) {
      is('inputmode', 'email');
      is('autocapitalize', 'none');
      is('autocorrect', 'off');
      is('spellcheck', 'false');
    }
    if (box.type === 'tel') is('autocomplete', 'tel');
    if (!box.autocomplete) say('no autocomplete');
    if (box.type !== 'password') is('dir', 'auto');
    const label = box.labels?.[0]?.textContent ?? '';
    if (box.closest('form') && !label.includes('(optional)')) is('aria-required', 'true');
    const height = box.closest('.q-field__control, .entry-field, .secret, .plain')?.getBoundingClientRect().height;
    if (height < 44) say(`${height} px high`);
  }
  return complaints;
}"""
"""iOS zooms into fields with smaller letters; 44 px are the least that fingers hit (WCAG 2.5.5, Apple's guidelines)."""


def fields(page: Page, name: str) -> list[str]:
    """What is to be said against the fields of this screen."""
    found: list[str] = page.evaluate(LOOK)
    return [f'{name}: {complaint}' for complaint in found]
