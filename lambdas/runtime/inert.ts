/** Stands for a logger or metrics that could not be made: each method does nothing and returns the object. */
export const INERT: object = new Proxy(
  {},
  { get: (_, name) => (name === 'then' ? undefined : () => INERT), set: () => true },
);
