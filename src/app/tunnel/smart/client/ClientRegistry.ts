/** The clients that are connected, by their number. */
import type { ProxyClient } from "./ProxyClient.ts"

export class ClientRegistry {
  private readonly clients = new Map<number, ProxyClient>()
  private lastId = 0

  get size(): number {
    return this.clients.size
  }

  /** A number that no client has had. */
  nextId(): number {
    return ++this.lastId
  }

  add(client: ProxyClient): void {
    this.clients.set(client.profile.id, client)
  }

  delete(client: ProxyClient): void {
    this.clients.delete(client.profile.id)
  }

  get(id: number): ProxyClient | undefined {
    return this.clients.get(id)
  }

  /** In the order in which they came. */
  all(): ReadonlyArray<ProxyClient> {
    return Array.from(this.clients.values())
  }

  count(matches: (client: ProxyClient) => boolean): number {
    let count = 0
    for (const client of this.clients.values()) if (matches(client)) count++
    return count
  }
}
