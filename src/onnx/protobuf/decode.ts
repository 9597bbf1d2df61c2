/** Protocol Buffers to messages, by the table. What the table does not know is skipped. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type Field, MESSAGES, type Message, type MessageName, type Scalar } from './messages.ts';
import { isScalar, WIRE_TYPES } from './wire-types.ts';

type Read = Record<string, unknown>;

/**
 * Decodes a message; its bytes stay views of `bytes`.
 * @throws `RangeError` or `Error` where the bytes end early or make no sense
 */
export function decode<Name extends MessageName>(name: Name, bytes: Uint8Array): Message<Name> {
  return readMessage(name, new BinaryReader(bytes), bytes.length, emptyMessage(name)) as Message<Name>;
}

function readMessage(name: MessageName, reader: BinaryReader, end: number, message: Read): Read {
  const fields = fieldsOf(name);
  while (reader.pos < end) {
    const [number, wireType] = reader.tag();
    const field = fields.get(number);
    if (!field || !readField(message, field, reader, wireType)) reader.skip(wireType, number);
  }
  if (reader.pos !== end) throw new RangeError(`${name} is longer than what it is part of`);
  return message;
}

/** False for a field that is not written as its type is. */
function readField(message: Read, { name, type, how }: NamedField, reader: BinaryReader, wireType: WireType): boolean {
  if (!isScalar(type)) {
    if (wireType !== WireType.LengthDelimited) return false;
    const before = how === 'many' ? undefined : message[name];
    const length = reader.uint32();
    const inner = (before as Read | undefined) ?? emptyMessage(type);
    add(message, name, how, readMessage(type, reader, reader.pos + length, inner));
    return true;
  }
  const isList = how === 'many' || how === 'packed';
  if (wireType === WIRE_TYPES[type]) add(message, name, how, reader[type]());
  else if (isList && wireType === WireType.LengthDelimited) readPacked(message[name] as unknown[], type, reader);
  else return false;
  return true;
}

/** Lists of numbers may stand packed in a file or one by one, whatever the table says. */
function readPacked(values: unknown[], type: Scalar, reader: BinaryReader): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  while (reader.pos < end) values.push(reader[type]());
}

function add(message: Read, name: string, how: Field[2], value: unknown): void {
  if (how === 'many' || how === 'packed') (message[name] as unknown[]).push(value);
  else message[name] = value;
}

interface NamedField {
  readonly name: string;
  readonly type: Scalar | MessageName;
  readonly how: Field[2];
}

const known = new Map<MessageName, ReadonlyMap<number, NamedField>>();

function fieldsOf(message: MessageName): ReadonlyMap<number, NamedField> {
  const before = known.get(message);
  if (before) return before;
  const fields = new Map<number, NamedField>();
  for (const [name, [number, type, how]] of Object.entries<Field>(MESSAGES[message])) {
    fields.set(number, { name, type: type as NamedField['type'], how });
  }
  known.set(message, fields);
  return fields;
}

const EMPTY: { readonly [type in Scalar]: unknown } = {
  string: '',
  bytes: new Uint8Array(0),
  float: 0,
  double: 0,
  int32: 0,
  int64: 0n,
  uint64: 0n,
};

function emptyMessage(message: MessageName): Read {
  const empty: Read = {};
  for (const { name, type, how } of fieldsOf(message).values()) {
    empty[name] = how === 'many' || how === 'packed' ? [] : how === 'optional' ? undefined : EMPTY[type as Scalar];
  }
  return empty;
}
