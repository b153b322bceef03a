import { createRecorder } from './record.ts';
import type { Recording, RecordingOptions } from './recording.ts';
import { createPlayer } from './replay.ts';

/** Nothing is read or written before the first build. */
export function openRecording({ folder, mode }: RecordingOptions): Recording {
  return mode === 'record' ? createRecorder(folder) : createPlayer(folder);
}
