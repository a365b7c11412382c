import { describe, expect, it } from "vitest";
import { joined, loudness, peaks, wavOf } from "./samples";

describe("samples", () => {
  it("show the loudest of each part, whatever its sign", () => {
    expect(peaks(Float32Array.of(0, -0.5, 0.25, 0, 1, -1), 3)).toEqual([0.5, 0.25, 1]);
  });

  it("can be fewer than the parts that are to be drawn", () => {
    expect(peaks(Float32Array.of(0.5, -1), 4)).toEqual([0.5, 0.5, 1, 1]);
    expect(peaks(new Float32Array(), 2)).toEqual([0, 0]);
  });

  it("are as loud as the root of their mean square", () => {
    expect(loudness(Float32Array.of(0.5, -0.5))).toBeCloseTo(0.5);
    expect(loudness(new Float32Array())).toBe(0);
  });

  it("become one from pieces", () => {
    expect([...joined([Float32Array.of(1), Float32Array.of(0, -1)])]).toEqual([1, 0, -1]);
  });

  it("become a WAV file that says what it is, and whose loudest are not turned over", () => {
    const file = wavOf(Float32Array.of(0, 1, -1, 2), 8000);
    const view = new DataView(file);
    const text = (at: number) => String.fromCharCode(...new Uint8Array(file.slice(at, at + 4)));
    expect([text(0), text(8), text(12), text(36)]).toEqual(["RIFF", "WAVE", "fmt ", "data"]);
    expect(view.getUint32(4, true)).toBe(file.byteLength - 8);
    expect([view.getUint16(20, true), view.getUint16(22, true), view.getUint16(34, true)]).toEqual([
      1, 1, 16,
    ]);
    expect([view.getUint32(24, true), view.getUint32(28, true)]).toEqual([8000, 16_000]);
    expect(view.getUint32(40, true)).toBe(8);
    expect([0, 1, 2, 3].map((index) => view.getInt16(44 + index * 2, true))).toEqual([
      0, 32767, -32768, 32767,
    ]);
  });
});
