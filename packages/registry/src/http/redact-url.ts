/** A URL fit for messages: user, query and fragment carry credentials and upload states and are left out. */
export function redactUrl({ protocol, host, pathname }: URL): string {
  return `${protocol}//${host}${pathname}`;
}
