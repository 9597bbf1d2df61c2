/** What the page's script reads: the maps, where they lie and how they are coloured. */
import type { Lattice, View } from '../../core/view.ts';
import type { Interpolation } from '../../image/project.ts';
import type { ColourScale } from '../scale.ts';

export interface PageData {
  /** Of the photo that was explained, in its own pixels. */
  readonly width: number;
  readonly height: number;
  readonly classes: readonly string[];
  readonly methods: readonly string[];
  readonly maps: readonly PageMap[];
  /** Label maps [H · W] of segments: Int32, deflated, in base64. */
  readonly labelMaps: readonly string[];
}

/** One heatmap: what `Mapped` and `Appearance` say, packed. */
export interface PageMap {
  /** Positions in `classes` and `methods`. */
  readonly row: number;
  readonly column: number;
  readonly unit: string;
  readonly values: PackedValues;
  /** [h, w], or [segments]. */
  readonly shape: readonly number[];
  readonly lattice: Lattice;
  readonly view: View;
  readonly inputSize: readonly [height: number, width: number];
  /** Position in `labelMaps`. */
  readonly labels?: number;
  readonly scale: ColourScale;
  readonly alpha: number;
  readonly power: number;
  readonly interpolation: Interpolation;
  /** The colour map [256, 3]: bytes, deflated, in base64. */
  readonly colours: string;
}

/** Values as float16 of a common factor, so that the smallest and largest of them keep three digits. */
export interface PackedValues {
  /** Float16, deflated, in base64. */
  readonly halves: string;
  /** What each is to be multiplied by. */
  readonly factor: number;
}
