"""Every table of the house, gathered so that one metadata describes the whole schema."""

from sqlmodel import SQLModel

import accounts.tables
import city.tables
import joint_meeting.tables
import sla.tables
import tickets.tables

metadata = SQLModel.metadata

TABLE_MODULES = (tickets.tables, city.tables, accounts.tables, sla.tables, joint_meeting.tables)
