import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { changeOptionsSchema } from '../../../../shared/domain/control';

interface CarrierPlanInputProps {
  /** Null: plans stay. */
  readonly value: string | null;
  onChange(plan: string | null): void;
}

/** The carrier's plan that every line is given by the same call. Taken when the field is left or Enter is pressed. */
export function CarrierPlanInput({ value, onChange }: CarrierPlanInputProps) {
  const [text, setText] = useState(value ?? '');
  const parsed = changeOptionsSchema.shape.carrierPlan.safeParse(text.trim() === '' ? null : text.trim());
  const take = (): void => {
    if (parsed.success && parsed.data !== value) onChange(parsed.data);
  };
  return (
    <TextInput
      label="Also give every line this plan of the carrier"
      description="Its code, such as M2M4G5MB; empty: plans stay as they are. A plan does not come back when the swap is taken back."
      placeholder="plans stay"
      maw={480}
      value={text}
      error={parsed.success ? null : 'A code has letters, digits, blanks and _ . + - only, 60 at most'}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') take();
      }}
    />
  );
}
