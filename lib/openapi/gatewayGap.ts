/** Something that the Lambda checks and the gateway does not. */
export interface GatewayGap {
  readonly route: string;
  /** Location in the definition, such as `routes.createDocument.body.properties.id`. */
  readonly location: string;
  readonly keyword: string;
  readonly reason: string;
}
