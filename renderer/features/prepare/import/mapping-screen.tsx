import { Button, Tooltip } from '@mantine/core';
import type { ImportFlow, ImportStep } from '../../../api';
import { TYPE_WORDS } from '../../../lib/field-words';
import { fileSize } from '../../../lib/numbers';
import { readingWords } from '../../../lib/reading-words';
import { ErrorPanel } from '../../../ui/error-panel';
import { Screen } from '../../../ui/screen';
import { MappingColumns } from './mapping-columns';
import { MappingDefaults } from './mapping-defaults';
import { MappingHead } from './mapping-head';
import { MappingLook } from './mapping-look';
import { MappingNotices } from './mapping-notices';
import classes from './mapping-screen.module.css';

export type MappingStep = Extract<ImportStep, { kind: 'mapping' }>;

interface MappingScreenProps {
  readonly step: MappingStep;
  readonly flow: ImportFlow;
  readonly provider: { readonly uid: string; readonly name: string } | null;
}

/** How a list would be read, and what its columns mean, before anything is made of it. */
export function MappingScreen({ step, flow, provider }: MappingScreenProps) {
  const { source, preview, question, checking } = step;
  return (
    <Screen
      title={`Look at ${source.name}`}
      back={{ label: 'Choose another list', go: flow.leave }}
      about={
        <>
          {provider?.name} · {fileSize(source.sizeBytes)} · {readingWords(preview)}
        </>
      }
      actions={<Start step={step} flow={flow} />}
    >
      {flow.error === null ? null : <ErrorPanel error={flow.error} />}
      <MappingNotices preview={preview} choices={question.choices} />
      <div className={classes.split}>
        <div className={classes.wide}>
          <MappingColumns
            preview={preview}
            choices={question.choices}
            onChoose={(column, field) => flow.revise({ choices: new Map(question.choices).set(column, field) })}
          />
          <MappingHead
            preview={preview}
            onHeadingRow={(headingRow) =>
              // Other headings are other columns: what was chosen for the old ones means nothing.
              flow.revise({ look: { ...question.look, headingRow }, choices: new Map() })
            }
          />
        </div>
        <div className={classes.narrow}>
          <MappingLook preview={preview} question={question} busy={checking} onRevise={flow.revise} />
          {provider === null || preview.continues !== null ? null : (
            <MappingDefaults
              title="Where a row says nothing"
              providerUid={provider.uid}
              defaults={question.defaults}
              onChange={(defaults) => flow.revise({ defaults })}
            />
          )}
        </div>
      </div>
    </Screen>
  );
}

/** Names what it does; where it can't, says what is missing. */
function Start({ step, flow }: Pick<MappingScreenProps, 'step' | 'flow'>) {
  const { preview, checking } = step;
  const { problem, continues, changeType } = preview;
  const label =
    continues !== null
      ? `Go on with “${continues.name}”`
      : changeType === null
        ? 'Make a draft'
        : `Make a draft: ${TYPE_WORDS[changeType]}`;
  return (
    <Tooltip label={problem ?? ''} disabled={problem === null} multiline w={300}>
      <Button
        loading={checking}
        data-disabled={problem !== null}
        aria-disabled={problem !== null}
        onClick={() => {
          if (problem === null) flow.start();
        }}
      >
        {label}
      </Button>
    </Tooltip>
  );
}
