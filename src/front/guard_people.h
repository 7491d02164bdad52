/*
 * guard_people: are those still here for whom something is kept?
 *
 * Another process may remove or disable somebody of whom no call or stream
 * holds a key just then, so that guard_refresh_held() asks for none of theirs.
 * When it has written, the store is asked for all who are known to the hall;
 * whoever is gone is forgotten, with their sessions, the calls that they left
 * behind and their own conversations with servers.
 */
#ifndef FRONT_GUARD_PEOPLE_H
#define FRONT_GUARD_PEOPLE_H

struct guard;

void guard_people_check(struct guard *g);

#endif
