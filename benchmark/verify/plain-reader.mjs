// A plain pipelined reader: sends the bytes of a file to a server as fast as it takes them, and throws away what comes
// back until the server has answered all of it.
//
//   node benchmark/verify/plain-reader.mjs HOST PORT FILE
import { createReadStream } from "node:fs"
import { connect } from "node:net"

const [host, port, path] = process.argv.slice(2)
const socket = connect({ host, port: Number(port), noDelay: true })
createReadStream(path, { highWaterMark: 512 * 1024 }).pipe(socket)
socket.resume()
const start = performance.now()
socket.on("close", () =>
  process.stdout.write(JSON.stringify({ seconds: (performance.now() - start) / 1000 }))
)
