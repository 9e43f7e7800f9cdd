/** An error of the control plane, as the API reference names it. */
export class ApiGatewayError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(code: 'BadRequestException' | 'ConflictException' | 'NotFoundException', message: string) {
    super(message);
    this.name = 'ApiGatewayError';
    this.code = code;
    this.status = { BadRequestException: 400, ConflictException: 409, NotFoundException: 404 }[code];
  }
}
