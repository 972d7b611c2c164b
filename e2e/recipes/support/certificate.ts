/** A certificate for loopback that nobody trusts: browsers are told to, by `ignoreHTTPSErrors`. */
import { spawnSync } from 'node:child_process';
import type { Recipe } from './recipe.ts';

/** Adds `key.pem` and `cert.pem`. Gives false where there is no openssl to make them. */
export function addCertificate(recipe: Recipe): boolean {
  const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost';
  const files = ['-keyout', 'key.pem', '-out', 'cert.pem'];
  return spawnSync('openssl', [...args.split(' '), ...files], { cwd: recipe.dir }).status === 0;
}
