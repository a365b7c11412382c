/** Sound files as the browser decodes them. */
import { fetchRaw } from "@/api/client";
import { TELEPHONE_RATE, wavOf } from "./samples";

/** What is larger is played, but not drawn: an hour of both sides of a call is 115 MB. */
const LARGEST_DRAWN = 40_000_000;

/** The channels of a sound at the telephone's rate. Throws where it is no sound that the browser knows. */
async function decoded(file: ArrayBuffer): Promise<AudioBuffer> {
  return new OfflineAudioContext(1, 1, TELEPHONE_RATE).decodeAudioData(file);
}

function channelsOf(sound: AudioBuffer): Float32Array[] {
  return Array.from({ length: sound.numberOfChannels }, (_, channel) => sound.getChannelData(channel));
}

/** The channels of what is at an address or in memory; null where it is too large to be drawn. */
export async function channels(source: string | Blob, signal?: AbortSignal): Promise<Float32Array[] | null> {
  if (source instanceof Blob) {
    if (source.size > LARGEST_DRAWN) return null;
    return channelsOf(await decoded(await source.arrayBuffer()));
  }
  const response = await fetchRaw(source, signal ? { signal } : {});
  if (Number(response.headers.get("Content-Length") ?? 0) > LARGEST_DRAWN) {
    await response.body?.cancel();
    return null;
  }
  return channelsOf(await decoded(await response.arrayBuffer()));
}

/** Any sound that the browser knows (MP3, M4A, Ogg…) as a WAV file of one channel for the exchange. */
export async function toWav(file: Blob): Promise<Blob> {
  const sound = await decoded(await file.arrayBuffer());
  const mixed = new Float32Array(sound.length);
  for (const channel of channelsOf(sound)) {
    for (let at = 0; at < channel.length; at++) {
      mixed[at] = (mixed[at] ?? 0) + (channel[at] ?? 0) / sound.numberOfChannels;
    }
  }
  return new Blob([wavOf(mixed, sound.sampleRate)], { type: "audio/wav" });
}
