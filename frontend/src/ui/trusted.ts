interface Policy {
  createHTML(html: string): string;
  createScriptURL(url: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy;
}

/** The one place that turns strings of the server into markup or script addresses. */
function makePolicy(): Policy {
  const rules: Policy = { createHTML: (html) => html, createScriptURL: onlyOurWorker };
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  return factory ? factory.createPolicy('hothouse', rules) : rules;
}

function onlyOurWorker(url: string): string {
  if (url !== '/service_worker.js') throw new TypeError(`Not our script: ${url}`);
  return url;
}

const policy = makePolicy();

/** Write HTML that the server rendered and sanitised (`bodyHtml`, `descriptionHtml`, `rulesHtml`) into an element. */
export function writeServerHtml(element: Element, html: string): void {
  element.innerHTML = policy.createHTML(html);
}

/** The address of the service worker, for `navigator.serviceWorker.register`. */
export function workerAddress(): string {
  return policy.createScriptURL('/service_worker.js');
}
