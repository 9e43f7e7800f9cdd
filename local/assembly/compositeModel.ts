/** A composite alarm: it watches the states of other alarms. */
export interface CompositeAlarmModel {
  readonly name: string;
  readonly description?: string;
  /** The rule expression, such as `ALARM("a") AND NOT ALARM("b")`. */
  readonly rule: string;
  /** While this alarm is in ALARM, actions wait. */
  readonly suppressor?: {
    /** Name or ARN. */
    readonly alarm: string;
    /** How long an action waits for the suppressor to go into ALARM. */
    readonly waitSeconds: number;
    /** How long an action waits after the suppressor left ALARM. */
    readonly extensionSeconds: number;
  };
  readonly alarmActions: readonly string[];
  readonly okActions: readonly string[];
  readonly insufficientDataActions: readonly string[];
}

/** A schedule in which alarms take no actions. */
export interface MuteRuleModel {
  readonly name: string;
  /** Names of alarms. */
  readonly alarms: readonly string[];
  /** `cron(…)` with five fields, or `at(yyyy-mm-ddThh:mm)`. */
  readonly expression: string;
  readonly durationSeconds: number;
  /** IANA name. */
  readonly timeZone: string;
  /** The rule counts between these instants (simulated ms). */
  readonly start?: number;
  readonly expire?: number;
}
