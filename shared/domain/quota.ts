/** Verizon, Service Provisioning Rules: provisioning actions a line and day of most accounts. Whether swaps count is not said. */
export const ACTIONS_A_DAY = 5;

/** Verizon, Service Provisioning Rules: plan changes a line and month. */
export const PLAN_CHANGES_A_MONTH = 4;
