/** Sound as numbers: what a waveform is drawn from, and how a recording becomes a WAV file. Samples are from -1 to 1. */

/** The telephone network's: more would be thrown away by the exchange. */
export const TELEPHONE_RATE = 8000;
const HEADER = 44;

/** The loudest of each of `count` equal parts, from 0 to 1. */
export function peaks(samples: Float32Array, count: number): number[] {
  return Array.from({ length: count }, (_, part) => {
    const first = Math.floor((part * samples.length) / count);
    const end = Math.max(first + 1, Math.floor(((part + 1) * samples.length) / count));
    let loudest = 0;
    for (let at = first; at < end && at < samples.length; at++) {
      loudest = Math.max(loudest, Math.abs(samples[at] ?? 0));
    }
    return Math.min(1, loudest);
  });
}

/** How loud it is altogether, from 0 to 1: the root of the mean square, as an ear weighs it. */
export function loudness(samples: Float32Array): number {
  if (samples.length === 0) return 0;
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return Math.sqrt(sum / samples.length);
}

/** Pieces of a recording, one after the other. */
export function joined(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A WAV file of one channel, 16 bit PCM, little-endian. */
export function wavOf(samples: Float32Array, rate: number): ArrayBuffer {
  const file = new ArrayBuffer(HEADER + samples.length * 2);
  const view = new DataView(file);
  const text = (at: number, letters: string) => {
    for (let index = 0; index < letters.length; index++) view.setUint8(at + index, letters.charCodeAt(index));
  };
  text(0, "RIFF");
  view.setUint32(4, file.byteLength - 8, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // length of the format
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // channels
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true); // bytes a second
  view.setUint16(32, 2, true); // bytes a sample of all channels
  view.setUint16(34, 16, true); // bits
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  for (let index = 0; index < samples.length; index++) {
    const sample = Math.max(-1, Math.min(1, samples[index] ?? 0));
    view.setInt16(HEADER + index * 2, Math.round(sample * (sample < 0 ? 0x8000 : 0x7fff)), true);
  }
  return file;
}
