/** Functions of groups have their own folder, because a group can be called `authorizer`. */
export const GROUPS = 'groups';
