import { WireType } from '@bufbuild/protobuf/wire';
import type { Scalar } from './messages.ts';

/** How values of each type stand in a file. */
export const WIRE_TYPES: { readonly [type in Scalar]: WireType } = {
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  float: WireType.Bit32,
  double: WireType.Bit64,
  int32: WireType.Varint,
  int64: WireType.Varint,
  uint64: WireType.Varint,
};

export const isScalar = (type: string): type is Scalar => type in WIRE_TYPES;
