/** An error of Secrets Manager, as its API reference names it. */
export class SecretsError extends Error {
  readonly code: string;

  constructor(
    code:
      | 'InvalidParameterException'
      | 'ResourceExistsException'
      | 'ResourceNotFoundException'
      | 'SerializationException'
      | 'UnknownOperationException'
      | 'ValidationException',
    message: string,
  ) {
    super(message);
    this.name = 'SecretsError';
    this.code = code;
  }

  static notFound(): SecretsError {
    return new SecretsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
}
