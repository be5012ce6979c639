import { create } from 'zustand';

/** Where the person is: one screen, and what it shows. */
export type Route =
  | { readonly screen: 'home' }
  | { readonly screen: 'prepare'; readonly draftId: number | null }
  | { readonly screen: 'changes'; readonly changeId: number | null }
  | { readonly screen: 'queue' }
  | { readonly screen: 'lines' }
  | { readonly screen: 'audit'; readonly change: string | null }
  | { readonly screen: 'settings' };

interface RouteState {
  readonly route: Route;
  go(route: Route): void;
}

export const useRoute = create<RouteState>()((set) => ({
  route: { screen: 'home' },
  go: (route) => set({ route }),
}));
