/**
 * An operation with an idempotency key. Until it succeeds, repeating it with the same content sends the same key: after a network
 * error, a timeout or a fault of the server nobody knows whether it had its effect, so the next press of the button is the same
 * operation.
 */
export function repeatable() {
  let attempt;
  return async (content, send) => {
    const text = JSON.stringify(content);
    if (attempt?.text !== text) attempt = { text, key: crypto.randomUUID() };
    const current = attempt;
    const response = await send({ 'idempotency-key': current.key });
    if (attempt === current) attempt = undefined;
    return response;
  };
}
