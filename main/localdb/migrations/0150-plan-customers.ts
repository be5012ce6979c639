import type { Knex } from 'knex';

/**
 * Which customers' lines have which plan and pool, from the index alone: an import judges by it whether customer, plan and
 * pool belong together.
 */
export const planCustomers = {
  name: '0150-plan-customers',
  async up(knex: Knex): Promise<void> {
    for (const column of ['customer_rate_plan_id', 'customer_rate_pool_id']) {
      await knex.raw(`
        create index device_${column} on device (${column}, customer_id)
          where ${column} is not null and customer_id is not null`);
    }
  },
} as const;
