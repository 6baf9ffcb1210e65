/**
 * MQTT 5 and 3.1.1 as far as a subscriber needs them. The usual packages acknowledge a message before
 * the next one is seen, which makes each message a commit of its own, and read the whole environment.
 */
export {
  connectPacket,
  disconnectPacket,
  pingPacket,
  pubackPackets,
  subscribePacket,
} from "./encode.ts";
export { PacketReader } from "./decode.ts";
export { type BrokerPacket, MqttError, type MqttVersion, type Published } from "./packets.ts";
