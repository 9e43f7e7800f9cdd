import type { Api, Route } from '../definition/api.ts';
import { gatewayModels } from './models.ts';
import { gatewayParameters } from './parameters.ts';

/** Something that the Lambda checks and the gateway does not. */
export interface GatewayGap {
  readonly route: string;
  /** Place in the definition, such as `routes.createDocument.body.properties.id`. */
  readonly location: string;
  readonly keyword: string;
  readonly reason: string;
}

/**
 * What the gateway's models and parameters cannot say of a definition. No gap is a hole: the Lambda checks the original
 * schemas. It is for those who ask why a bad request reached the function.
 */
export function gatewayGaps(api: Api): readonly GatewayGap[] {
  const ofParameters = Object.values(api.routes).flatMap((route) => gatewayParameters(route).gaps);
  return [...gatewayModels(api).gaps, ...ofParameters, ...Object.values(api.routes).flatMap(ofUpload)];
}

function ofUpload({ id, upload }: Route): readonly GatewayGap[] {
  if (upload === undefined) return [];
  return [{ route: id, location: `routes.${id}.upload`, keyword: 'upload', reason: 'the gateway knows no forms' }];
}
