// The keys of the doors and of the process.

#include "runtime/base/config_binding.hpp"
#include "runtime/base/config_schema_parts.hpp"

namespace dhr {

using namespace binding;

std::vector<config_key> door_keys() {
  return {
      text(DHR_KEY(doors.http.address), ip_address,
           "Where the door listens. 127.0.0.1: this machine only; 0.0.0.0: everyone who reaches "
           "it."),
      number(DHR_KEY(doors.http.port), 0, 65'535, "", "Where the door listens; 0: any free port."),
      number(DHR_KEY(doors.http.connections_max), 1, 100'000, "connections",
             "Most connections; further ones are closed at once."),
      number(DHR_KEY(doors.http.body_bytes_max), 1'024, 1'073'741'824, "bytes",
             "Largest request body."),
      number(DHR_KEY(doors.http.header_bytes_max), 1'024, 1'048'576, "bytes",
             "Largest request header."),
      number(DHR_KEY(doors.http.read_timeout_s), 1, 3'600, "s",
             "Longest time for a request to arrive whole."),

      text(DHR_KEY(doors.realtime.address), ip_address,
           "Where the door listens, as doors.http.address."),
      number(DHR_KEY(doors.realtime.port), 0, 65'535, "",
             "Where the door listens; 0: any free port."),
      number(DHR_KEY(doors.realtime.connections_max), 1, 100'000, "connections",
             "Most connections; further ones are refused with status 503."),
      number(DHR_KEY(doors.realtime.message_bytes_max), 1'024, 1'073'741'824, "bytes",
             "Largest message of a client."),
      number(DHR_KEY(doors.realtime.outbox_frames_max), 16, 100'000, "messages",
             "How many messages may wait for a client that reads slowly; with more it is "
             "disconnected."),
      number(DHR_KEY(doors.realtime.outbox_bytes_max), 65'536, 1'073'741'824, "bytes",
             "How many bytes may wait for a client that reads slowly."),
      number(DHR_KEY(doors.realtime.handshake_timeout_s), 1, 600, "s",
             "Longest time for the handshake of a new connection."),
      number(DHR_KEY(doors.realtime.ping_interval_s), 1, 3'600, "s",
             "A client that is silent for this long is pinged, and disconnected if it stays "
             "silent as long again."),
  };
}

std::vector<config_key> access_keys() {
  return {
      choice(DHR_KEY(doors.tls.mode), {"off", "optional", "required"},
             "Whether the doors speak TLS (https: and wss:). optional: each port takes both, TLS "
             "and plain text. required: plain text is refused."),
      text(DHR_KEY(doors.tls.certificate), file_or_none,
           "The certificate with its chain, PEM. Empty: a self-signed one is made at the first "
           "start and kept in runtime.state_dir."),
      text(DHR_KEY(doors.tls.key), file_or_none, "The certificate's private key, PEM."),
      text(DHR_KEY(doors.tls.names), host_list,
           "Under which further names and addresses the self-signed certificate is valid, besides "
           "localhost and this machine's name."),

      hidden(DHR_KEY(doors.access.keys), key_list,
             "The keys that clients must bring, each as it is or as NAME:KEY; the name stands in "
             "logs, the key never. dhr key prints a fresh one. Without any, nobody needs one and "
             "only this machine may connect. Better given by the variable DHR_DOORS_ACCESS_KEYS or "
             "by keys_file than written here."),
      text(DHR_KEY(doors.access.keys_file), file_or_none,
           "A file with further keys, one on each line; what follows # is ignored."),
      text(DHR_KEY(doors.access.origins), origin_list,
           "From which pages of other sites browsers may connect, such as https://example.org. The "
           "server's own page and pages of this machine always may."),
      number(DHR_KEY(doors.access.connections_max), 0, 100'000, "connections",
             "Most WebSockets of one key at once; further ones are refused with status 429. 0: any "
             "number."),
      number(DHR_KEY(doors.access.turns_per_minute), 0, 1'000'000, "turns",
             "How many turns one key may ask for within a minute; 0: any number."),
      number(
          DHR_KEY(doors.access.audio_bytes_per_minute), 0, 1'099'511'627'776, "bytes",
          "How much sound one key may send within a minute, as PCM; one voice is 2880000. 0: any "
          "amount."),
  };
}

std::vector<config_key> runtime_keys() {
  return {
      text(DHR_KEY(runtime.deps_dir), folder_or_none,
           "What the set-up made: its models are in the folder models/ of it. Empty: the one that "
           "the program was built with. The variable DHR_DEPS_DIR sets it too."),
      text(DHR_KEY(runtime.state_dir), folder_or_none,
           "Where the server keeps what outlives it: conversations, the self-signed certificate. "
           "Empty: .local/state/dhr in the user's home."),
      number(DHR_KEY(runtime.sessions_max), 1, 1'000'000, "conversations",
             "Most conversations at once; further ones are refused as overload."),
      number(DHR_KEY(runtime.scheduler_threads), 0, 1'024, "threads",
             "Threads that run the conversations; 0: one per core."),
      number(DHR_KEY(runtime.network_threads), 1, 256, "threads", "Threads that serve the doors."),
      number(DHR_KEY(runtime.turn_timeout_ms), 100, 3'600'000, "ms",
             "A turn that makes no progress for this long fails."),
      number(DHR_KEY(runtime.idle_timeout_s), 1, 604'800, "s",
             "A conversation without a client ends after this."),
      number(
          DHR_KEY(runtime.passivate_after_ms), 0, 604'800'000, "ms",
          "A conversation whose client is connected and silent for this long is stored and taken "
          "up again with the client's next word; 0: never. Without a store it stays."),
      number(DHR_KEY(runtime.resume_window_s), 0, 86'400, "s",
             "For how long a client whose connection broke may go on where it was; never longer "
             "than idle_timeout_s."),
      number(DHR_KEY(runtime.replay_bytes_max), 0, 1'073'741'824, "bytes",
             "How much of what such a client missed is kept, per conversation."),
      number(DHR_KEY(runtime.restart_max), 0, 100, "",
             "How often a part of a conversation may be restarted within restart_window_s."),
      number(DHR_KEY(runtime.restart_window_s), 1, 86'400, "s",
             "Time over which restarts are counted."),
      number(DHR_KEY(runtime.shutdown_grace_ms), 0, 600'000, "ms",
             "How long turns in progress may go on when the server is stopped."),
      number(
          DHR_KEY(runtime.conversation_queue_max), 1, 100'000, "requests",
          "How many requests of one conversation may wait; further ones are refused as overload."),

      choice(DHR_KEY(store.kind), {"sqlite", "postgres", "none"},
             "Where conversations are kept. none: they end with the process."),
      text(DHR_KEY(store.path), file_or_none,
           "SQLite's file. Empty: conversations.db in runtime.state_dir."),
      hidden(DHR_KEY(store.postgres_url), secret_value,
             "Of postgres: postgresql://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full. "
             "Without the password, libpq's PGPASSWORD and ~/.pgpass count."),
      number(DHR_KEY(store.connections), 1, 64, "connections",
             "Of postgres: how many conversations are read and written at once."),
      number(DHR_KEY(store.statement_timeout_ms), 100, 60'000, "ms",
             "Of postgres: what takes longer is given up and tried again."),
      number(DHR_KEY(store.retention_days), 1, 36'500, "days",
             "Conversations in which nothing was said for this long are deleted."),
      number(DHR_KEY(store.write_behind_ms), 0, 60'000, "ms",
             "How long news may wait to be written together; what waits is lost if the machine "
             "stops. In a cluster nothing waits."),

      flag(
          DHR_KEY(cluster.enabled),
          "Other nodes use the same store: own each conversation before it begins, by a lease that "
          "is renewed."),
      text(DHR_KEY(cluster.node), id_or_none,
           "This node's name, unlike all others'. Empty: the machine's."),
      text(DHR_KEY(cluster.link_address), ip_address, "Where this node listens for the others."),
      number(DHR_KEY(cluster.link_port), 0, 65'535, "", "0: any free port."),
      text(DHR_KEY(cluster.advertise), authority_or_none,
           "HOST:PORT that the others are told. Empty: those two."),
      text(
          DHR_KEY(cluster.seeds), authority_list,
          "HOST:PORT, separated by commas: called besides the addresses that nodes tell, for those "
          "that this node reaches in another way. All nodes may have one list."),
      number(DHR_KEY(cluster.lease_ms), 3'000, 60'000, "ms",
             "A node that was not heard of for this long has lost its conversations to the others; "
             "one that cannot reach the store ends them itself before."),
      text(DHR_KEY(cluster.zone), id_or_none,
           "What fails together with this node: a rack, a zone."),
      text(DHR_KEY(cluster.labels), pair_list,
           "What the node has, as key=value pairs separated by commas."),
      flag(DHR_KEY(cluster.rebalance),
           "Give conversations away while this node has much more to do than others, at most a "
           "tenth of them in 10 s."),
      text(DHR_KEY(cluster.tls.certificate), file_or_none, "This node's certificate, PEM."),
      text(DHR_KEY(cluster.tls.key), file_or_none, "Its key, PEM."),
      text(DHR_KEY(cluster.tls.authority), file_or_none,
           "Whose signature a node's certificate must have, PEM. Nobody else gets in."),
      flag(DHR_KEY(cluster.tls.verify_names),
           "A node is connected to, and let in, only if the certificate that it shows names it: "
           "in the alternative names its name or the host that it advertises as DNS, or that host "
           "as IP."),

      choice(DHR_KEY(log.level), {"trace", "debug", "info", "warn", "error"},
             "The least important lines that are written."),
      choice(DHR_KEY(log.format), {"text", "json"},
             "How lines are written; json: one object per line."),
  };
}

}  // namespace dhr
