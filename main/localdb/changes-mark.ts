/**
 * Where the open changes of this desktop stand. As long as it says the same, no row of a draft can have come into conflict
 * with one since it was judged.
 */
export const CHANGES_MARK = `select count(*) || ':' || coalesce(max(id), 0) as mark from m2m_device_change
  where status in ('created', 'queued', 'sending', 'submitted', 'unknown', 'confirmed')`;
