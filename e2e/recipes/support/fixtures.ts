/** What the tests of recipes need: the page's files, and clients that talk to what runs. */
import { test as base } from '@playwright/test';
import { Client } from './client.ts';
import { Recipe } from './recipe.ts';
import type { HoldfastOptions } from '@holdfast/client';

interface Fixtures {
  /** Lays out the files of a page. */
  recipe: (page: string) => Recipe;
  /** Connects from Node, with the real client. */
  connect: (url: string, options?: HoldfastOptions) => Client;
}

export const test = base.extend<Fixtures>({
  recipe: async ({}, use) => {
    const recipes: Recipe[] = [];
    await use((page) => {
      const recipe = new Recipe(page);
      recipes.push(recipe);
      return recipe;
    });
    for (const recipe of recipes) await recipe.close();
  },

  connect: async ({}, use) => {
    const clients: Client[] = [];
    await use((url, options) => {
      const client = new Client(url, options);
      clients.push(client);
      return client;
    });
    for (const client of clients) client.socket.close();
  },
});

export { expect } from '@playwright/test';
export type { Client, Recipe };

export const transports = ['websocket', 'streaming', 'polling'] as const;
