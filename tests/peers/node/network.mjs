// A whole Bluesky network: PLC directory, PDS with rate limits, AppView. Says "ready" when it is.
import { TestNetwork, mockMailer } from '@atproto/dev-env'

const [pds, plc, bsky] = process.env.PEER_PORTS.split(' ').map(Number)
const network = await TestNetwork.create({
  dbPostgresUrl: process.env.DB_POSTGRES_URL,
  dbPostgresSchema: 'peer',
  pds: { port: pds, hostname: 'localhost', rateLimitsEnabled: true },
  plc: { port: plc },
  bsky: { port: bsky, publicUrl: `http://localhost:${bsky}` },
})
mockMailer(network.pds)
console.log('ready')
