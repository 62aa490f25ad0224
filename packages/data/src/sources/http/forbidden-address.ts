/**
 * Addresses that nothing here calls: link-local ones, where clouds keep their metadata and with it the machine's credentials. A private
 * network is no such; an SRE tool must reach it.
 */
import { BlockList, isIP } from 'node:net'

const forbidden = new BlockList()
forbidden.addSubnet('169.254.0.0', 16, 'ipv4')
forbidden.addSubnet('0.0.0.0', 8, 'ipv4')
forbidden.addSubnet('fe80::', 10, 'ipv6')
forbidden.addAddress('::', 'ipv6')
// The same IPv4 network as IPv6 writes it besides ::ffff:0:0/96, which BlockList knows: IPv4-compatible, and through NAT64.
forbidden.addSubnet('::169.254.0.0', 112, 'ipv6')
forbidden.addSubnet('64:ff9b::169.254.0.0', 112, 'ipv6')
forbidden.addAddress('fd00:ec2::254', 'ipv6')
forbidden.addAddress('100.100.100.200', 'ipv4')

/** Of an IP address as text; a name is none. */
export function isForbiddenAddress(address: string): boolean {
  const version = isIP(address)
  return version !== 0 && forbidden.check(address, version === 6 ? 'ipv6' : 'ipv4')
}
