import type { Knex } from 'knex';

/**
 * Rows that wait for another: `before_id` frees what `after_id` gets. An entry goes when the row before is processed; as
 * long as there is one, the row after is not sent.
 */
export const changeOrder = {
  name: '0151-change-order',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      create table device_change_order (
        after_id integer not null references m2m_device_change (id),
        before_id integer not null references m2m_device_change (id),
        primary key (after_id, before_id)
      ) strict, without rowid`);
    await knex.raw(`create index device_change_order_before on device_change_order (before_id)`);
  },
} as const;
