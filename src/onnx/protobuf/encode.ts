/** Messages to Protocol Buffers, by the table, in the order of the fields' numbers. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type Field, MESSAGES, type MessageInit, type MessageName, type Scalar } from './messages.ts';
import { isScalar, WIRE_TYPES } from './wire-types.ts';

export function encode<Name extends MessageName>(name: Name, message: MessageInit<Name>): Uint8Array<ArrayBuffer> {
  return writeMessage(new BinaryWriter(), name, message).finish();
}

function writeMessage(writer: BinaryWriter, name: MessageName, message: object): BinaryWriter {
  const fields = Object.entries<Field>(MESSAGES[name]).toSorted(([, [a]], [, [b]]) => a - b);
  for (const [field, [number, type, how]] of fields) {
    const value: unknown = message[field as keyof typeof message];
    if (value === undefined) continue;
    if (how === 'packed') writePacked(writer, number, type as Scalar, value as readonly unknown[]);
    else
      for (const one of how === 'many' ? (value as readonly unknown[]) : [value]) writeOne(writer, number, type, one);
  }
  return writer;
}

function writeOne(writer: BinaryWriter, number: number, type: string, value: unknown): void {
  if (isScalar(type)) writeScalar(writer.tag(number, WIRE_TYPES[type]), type, value);
  else writeMessage(writer.tag(number, WireType.LengthDelimited).fork(), type as MessageName, value as object).join();
}

function writePacked(writer: BinaryWriter, number: number, type: Scalar, values: readonly unknown[]): void {
  if (values.length === 0) return;
  writer.tag(number, WireType.LengthDelimited).fork();
  for (const value of values) writeScalar(writer, type, value);
  writer.join();
}

/** The writer has a method for each type, called as the type is. */
const writeScalar = (writer: BinaryWriter, type: Scalar, value: unknown): unknown =>
  (writer[type] as (value: unknown) => unknown).call(writer, value);
