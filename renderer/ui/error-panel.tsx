import { Alert, Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCopy, IconRefresh } from '@tabler/icons-react';
import type { ErrorStory } from '../../shared/domain/fault';

interface ErrorPanelProps {
  readonly story: ErrorStory;
  readonly correlationId: string;
  readonly onRetry?: (() => void) | undefined;
}

/** What happened, to what, why, and what to do, with the code and number that support asks for. */
export function ErrorPanel({ story, correlationId, onRetry }: ErrorPanelProps) {
  const lines = [story.what, story.where, story.why, story.todo, `${story.code} ${correlationId}`];
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<IconAlertTriangle size={18} aria-hidden="true" />}
      title={story.where === undefined ? story.what : `${story.what}: ${story.where}`}
    >
      {story.why === undefined ? null : <Text size="sm">Why: {story.why}</Text>}
      {story.todo === undefined ? null : <Text size="sm">{story.todo}</Text>}
      <Group gap="xs" mt="xs">
        {onRetry === undefined ? null : (
          <Button size="compact-sm" variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
            Try again
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconCopy size={14} />}
          onClick={() => void navigator.clipboard.writeText(lines.filter(Boolean).join('\n'))}
        >
          Copy for support
        </Button>
        <Text size="xs" c="dimmed" ff="monospace">
          {story.code}
        </Text>
      </Group>
    </Alert>
  );
}
