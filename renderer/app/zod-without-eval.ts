import { z } from 'zod';

/**
 * The page may not make functions of text; zod would try as soon as the contract's first schema is built. So this module
 * is imported before any that builds one.
 */
z.config({ jitless: true });
