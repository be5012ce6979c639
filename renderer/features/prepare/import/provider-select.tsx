import { Select } from '@mantine/core';
import { useProviderChoice } from './provider-choice';

/** Whose lines; not shown where there is only one. */
export function ProviderSelect() {
  const { providers, provider, choose } = useProviderChoice();
  if (providers.length < 2 || provider === null) return null;
  return (
    <Select
      label="Lines of"
      allowDeselect={false}
      value={provider.uid}
      onChange={(uid) => {
        if (uid !== null) choose(uid);
      }}
      data={providers.map(({ uid, name }) => ({ value: uid, label: name }))}
      comboboxProps={{ transitionProps: { duration: 0 } }}
    />
  );
}
